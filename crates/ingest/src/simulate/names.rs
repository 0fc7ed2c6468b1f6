//! Names of people who don't exist.

use std::collections::HashSet;

#[rustfmt::skip]
const FIRST_NAMES: [&str; 52] = [
    "Adela", "Boris", "Carmen", "Dina", "Emil", "Franziska", "Goran", "Hana", "Igor", "Jasmin", "Karel",
    "Linnea", "Marek", "Nadia", "Oskar", "Petra", "Quentin", "Rosa", "Stefan", "Tereza", "Ulrich", "Vera",
    "Walter", "Xenia", "Yannick", "Zora", "Alba", "Bram", "Chiara", "Dominik", "Elif", "Filip", "Greta",
    "Henrik", "Ines", "Jonas", "Katya", "Luca", "Mirela", "Niels", "Olga", "Pavel", "Ruth", "Simon", "Thea",
    "Viktor", "Wanda", "Zoltan", "Aoife", "Matteo", "Sofia", "Tomas",
];
#[rustfmt::skip]
const LAST_NAMES: [&str; 61] = [
    "Adler", "Bartos", "Costa", "Dvorak", "Eriksen", "Fabian", "Gruber", "Horvat", "Ilic", "Jansen", "Kovacs",
    "Lindqvist", "Moreau", "Novak", "Orlov", "Perez", "Quinn", "Ricci", "Svoboda", "Tanaka", "Urban", "Varga",
    "Weiss", "Yilmaz", "Zeman", "Almeida", "Brandt", "Cerny", "Dimitrov", "Engel", "Fischer", "Garcia",
    "Hansen", "Ivanova", "Jelinek", "Keller", "Laine", "Murphy", "Nowak", "Olsen", "Popescu", "Rossi",
    "Schmidt", "Turner", "Vesely", "Walker", "Zielinska", "Anders", "Becker", "Conti", "Doyle", "Farkas",
    "Greco", "Hughes", "Jovanovic", "Kraus", "Lefevre", "Mazur", "Nagy", "Papadakis", "Soares",
];

/// Different names for as many agents as are wanted.
#[derive(Default)]
pub(super) struct Names {
    count: usize,
    taken: HashSet<String>,
}

impl Names {
    pub fn next(&mut self) -> (String, String) {
        loop {
            let at = self.count;
            self.count += 1;
            let first = FIRST_NAMES[at * 7 % FIRST_NAMES.len()];
            let mut last = LAST_NAMES[at * 13 % LAST_NAMES.len()].to_owned();
            // Both lists together repeat after their product: then people get double names.
            if at >= FIRST_NAMES.len() * LAST_NAMES.len() {
                last = format!("{last}-{}", LAST_NAMES[(at * 13 / LAST_NAMES.len() + at) % LAST_NAMES.len()]);
            }
            if self.taken.insert(format!("{first} {last}")) {
                return (first.to_owned(), last);
            }
        }
    }
}
