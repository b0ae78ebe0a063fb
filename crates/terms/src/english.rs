//! English words as keys: case, plural, hyphens, possessives and British or American spelling count
//! for nothing.
//!
//! Ordinances of Hong Kong write *labour* and *licence*, English laws of Taiwan *labor* and *license*,
//! and who asks writes either. A key is made by a few rules without a dictionary, of the table's terms
//! and of the query alike, so it needs to be the same on both sides, not to be a word.

/// Words whose plural means something else than the singular: goods are not good.
const OWN_PLURALS: [&str; 23] = [
    "access",
    "address",
    "arms",
    "business",
    "class",
    "customs",
    "economics",
    "futures",
    "goods",
    "loss",
    "mass",
    "means",
    "minutes",
    "news",
    "premises",
    "press",
    "proceedings",
    "process",
    "rates",
    "savings",
    "securities",
    "series",
    "species",
];

/// British spellings that no suffix rule covers, with the American ones.
const SPELLINGS: [(&str, &str); 30] = [
    ("aeroplane", "airplane"),
    ("ageing", "aging"),
    ("behaviour", "behavior"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("cheque", "check"),
    ("colour", "color"),
    ("counselling", "counseling"),
    ("defence", "defense"),
    ("dialogue", "dialog"),
    ("enrolment", "enrollment"),
    ("favour", "favor"),
    ("favoured", "favored"),
    ("fibre", "fiber"),
    ("fulfil", "fulfill"),
    ("harbour", "harbor"),
    ("honour", "honor"),
    ("instalment", "installment"),
    ("judgement", "judgment"),
    ("labelling", "labeling"),
    ("labour", "labor"),
    ("licence", "license"),
    ("litre", "liter"),
    ("metre", "meter"),
    ("neighbour", "neighbor"),
    ("offence", "offense"),
    ("practise", "practice"),
    ("programme", "program"),
    ("theatre", "theater"),
    ("transhipment", "transshipment"),
];

/// The key of one word, which is given in small letters.
pub(crate) fn word_key(word: &str) -> String {
    if OWN_PLURALS.contains(&word) {
        return word.to_owned();
    }
    let singular = singular(word);
    if let Some((_, american)) = SPELLINGS.iter().find(|(british, _)| *british == singular) {
        return (*american).to_owned();
    }
    for (british, american) in
        [("isation", "ization"), ("ised", "ized"), ("ising", "izing"), ("ise", "ize")]
    {
        // Short words have the letters by themselves: rise, raised.
        if singular.len() > british.len() + 3
            && let Some(stem) = singular.strip_suffix(british)
        {
            return format!("{stem}{american}");
        }
    }
    singular
}

fn singular(word: &str) -> String {
    if word.len() > 4
        && let Some(stem) = word.strip_suffix("ies")
    {
        return format!("{stem}y");
    }
    let hissing = ["sses", "xes", "ches", "shes", "zes"];
    if word.len() > 4 && hissing.iter().any(|ending| word.ends_with(ending)) {
        return word[..word.len() - 2].to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if word.len() > 3 && !stem.ends_with(['s', 'i', 'u']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The keys of a term's words, divided by spaces.
///
/// ```
/// use tiaowen_terms::english_key;
/// assert_eq!(english_key("Intellectual-Property Rights"), "intellectual property right");
/// assert_eq!(english_key("labour organisations"), english_key("Labor Organization"));
/// assert_eq!(english_key("People's Courts"), "people court");
/// ```
pub fn english_key(term: &str) -> String {
    let lower = term.to_lowercase().replace('\u{2019}', "'");
    let mut keys: Vec<String> = Vec::new();
    for written in lower.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        // The s of a possessive is no word: people's, banks'.
        let word = written.trim_matches('\'');
        let word = word.strip_suffix("'s").unwrap_or(word);
        let plain: String = word.chars().filter(|c| *c != '\'').collect();
        if !plain.is_empty() {
            keys.push(word_key(&plain));
        }
    }
    keys.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_key() {
        for (one, other) in [
            ("policies", "policy"),
            ("taxes", "tax"),
            ("Licences", "license"),
            ("organisation", "organizations"),
            ("programmes", "program"),
            ("most-favoured-nation", "most favored nation"),
            ("workers' rights", "worker's right"),
        ] {
            assert_eq!(english_key(one), english_key(other), "{one}");
        }
    }

    #[test]
    fn what_differs_stays_apart() {
        for (one, other) in [
            ("goods", "good"),
            ("customs", "custom"),
            ("arms", "arm"),
            ("securities", "security"),
            ("status", "statu"),
            ("analysis", "analysi"),
            ("rise", "rize"),
            ("process", "proces"),
        ] {
            assert_ne!(english_key(one), english_key(other), "{one}");
        }
    }
}
