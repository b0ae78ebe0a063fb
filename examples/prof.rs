
use tiaowen_query::{Request, Searcher, PROF};
use std::time::Instant;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let s = Searcher::open(std::path::Path::new(&a[1])).unwrap();
    let q: Vec<String> = std::fs::read_to_string(&a[2]).unwrap().lines().map(str::to_owned).collect();
    let facets = a.get(3).is_some();
    let mut t = Vec::new();
    for r in 0..2 { for x in &q { let i = Instant::now(); let mut req = Request::new(x.as_str()); req.facets = facets; req.group = std::env::var("G").is_err(); s.search(&req).unwrap(); if r == 1 { t.push((i.elapsed(), x.clone())); }
      } if r == 0 { for p in &PROF { p.store(0, std::sync::atomic::Ordering::Relaxed); } } }
    t.sort();
    let n = t.len();
    let names = ["strict", "Measure::new", "partial", "measure block", "  partial measured", "suggest", "hits", "understand+analysis", "", "clauses", "partials", "partial found"];
    println!("p50 {:?} p90 {:?} p99 {:?} mean {:?}", t[n/2].0, t[n*9/10].0, t[n*99/100].0, t.iter().map(|x| x.0).sum::<std::time::Duration>() / n as u32);
    for (i, p) in PROF.iter().enumerate() { println!("{:<20} {:.1}", names[i], p.load(std::sync::atomic::Ordering::Relaxed) as f64 / n as f64 / if i >= 9 { 1.0 } else { 1000.0 }); }
    for x in t.iter().rev().take(12) { println!("{:?} {}", x.0, x.1); }
    for x in t[n/2-6..n/2+6].iter() { println!("{:?} {}", x.0, x.1); }
}
