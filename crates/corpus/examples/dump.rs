fn main() {
    for f in std::env::args().skip(1) {
        let b = std::fs::read(&f).unwrap();
        let name = f.rsplit('/').next().unwrap();
        for d in tiaowen_corpus::read(name, &b).unwrap() {
            let m = &d.document;
            println!("## {} {} {:?} num={:?} {} {} {} date={:?} place={:?} parties={:?}", m.ordinal, m.id, m.title, m.number, m.kind, m.script, m.language, m.date, m.place, m.parties);
            for c in &d.clauses {
                let t: Vec<char> = c.text.chars().collect();
                let s: String = if t.len() > 44 { t[..20].iter().chain(['…'].iter()).chain(t[t.len()-20..].iter()).collect() } else { c.text.clone() };
                println!("  {:9} {:28} {} h={:?} hs={:?} u={} | {}", c.kind.as_str(), c.eid, c.path.join("/"), c.heading, c.headings, c.units.len(), s.replace('\n', "⏎"));
            }
        }
    }
}
