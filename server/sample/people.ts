/** Names, addresses and words for the sample's customers. All of it is made up; e-mail goes to reserved domains. */
import { pick, type Random, whole } from './random.ts';

export interface Place {
  readonly country: string;
  readonly zone: string;
  readonly language: string;
  readonly cities: readonly (readonly [city: string, postcode: string])[];
  readonly streets: readonly string[];
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly companySuffix: string;
  readonly vat: (random: Random) => string;
}

export const germany: Place = {
  country: 'DE',
  zone: 'Europe/Berlin',
  language: 'de',
  cities: [
    ['Berlin', '10119'],
    ['Hamburg', '20095'],
    ['Rostock', '18055'],
    ['Leipzig', '04109'],
    ['Köln', '50667'],
    ['München', '80331'],
    ['Kiel', '24103'],
    ['Dresden', '01067'],
  ],
  streets: [
    'Torstraße',
    'Hafenstraße',
    'Lindenweg',
    'Am Markt',
    'Schillerstraße',
    'Gartenweg',
    'Bahnhofstraße',
    'Mühlenweg',
  ],
  firstNames: [
    'Anna',
    'Ben',
    'Clara',
    'David',
    'Emma',
    'Finn',
    'Greta',
    'Hannes',
    'Ida',
    'Jonas',
    'Katrin',
    'Lukas',
    'Mia',
    'Nils',
    'Paula',
    'Ruth',
    'Stefan',
    'Thea',
    'Uwe',
    'Zeynep',
  ],
  lastNames: [
    'Petersen',
    'Müller',
    'Schmidt',
    'Weber',
    'Wagner',
    'Becker',
    'Hoffmann',
    'Koch',
    'Yılmaz',
    'Richter',
    'Klein',
    'Wolf',
    'Neumann',
    'Schwarz',
    'Krüger',
    'Hartmann',
    'Lange',
    'Böhm',
    'Nowak',
    'Jensen',
  ],
  companySuffix: 'GmbH',
  vat: (random) => `DE${whole(random, 100_000_000, 999_999_999)}`,
};

export const portugal: Place = {
  country: 'PT',
  zone: 'Europe/Lisbon',
  language: 'en',
  cities: [
    ['Lisboa', '1100-148'],
    ['Porto', '4000-322'],
    ['Faro', '8000-138'],
    ['Coimbra', '3000-213'],
  ],
  streets: ['Rua Augusta', 'Avenida da Liberdade', 'Rua das Flores', 'Travessa do Carmo'],
  firstNames: ['Inês', 'João', 'Maria', 'Miguel', 'Rita', 'Tiago', 'Sofia', 'Pedro', 'Beatriz', 'Rui'],
  lastNames: ['Silva', 'Santos', 'Ferreira', 'Costa', 'Oliveira', 'Pereira', 'Almeida', 'Rocha', 'Lopes', 'Marques'],
  companySuffix: 'Lda.',
  vat: (random) => `PT${whole(random, 500_000_000, 599_999_999)}`,
};

export const finland: Place = {
  country: 'FI',
  zone: 'Europe/Helsinki',
  language: 'en',
  cities: [
    ['Helsinki', '00100'],
    ['Turku', '20100'],
    ['Tampere', '33100'],
    ['Oulu', '90100'],
  ],
  streets: ['Mannerheimintie', 'Aleksanterinkatu', 'Hämeenkatu', 'Rantatie'],
  firstNames: ['Aino', 'Eero', 'Helmi', 'Juhani', 'Kaisa', 'Matti', 'Noora', 'Onni', 'Saara', 'Väinö'],
  lastNames: [
    'Korhonen',
    'Virtanen',
    'Mäkinen',
    'Nieminen',
    'Laine',
    'Heikkinen',
    'Koskinen',
    'Järvinen',
    'Lehtonen',
    'Salo',
  ],
  companySuffix: 'Oy',
  vat: (random) => `FI${whole(random, 10_000_000, 99_999_999)}`,
};

export const austria: Place = {
  ...germany,
  country: 'AT',
  cities: [
    ['Wien', '1010'],
    ['Graz', '8010'],
    ['Linz', '4020'],
  ],
  vat: (random) => `ATU${whole(random, 10_000_000, 99_999_999)}`,
};

export const salesManagers: readonly string[] = [
  'frauke.thiel@nordlicht-mobile.example',
  'mehmet.arslan@nordlicht-mobile.example',
  'laura.brandt@nordlicht-mobile.example',
  'tuomas.rinne@nordlicht-mobile.example',
];

const trades = [
  'Logistik',
  'Solar',
  'Consulting',
  'Bau',
  'Catering',
  'Software',
  'Marine',
  'Medien',
  'Elektrotechnik',
  'Handel',
  'Druck',
  'Reisen',
] as const;

const businessProfiles = [
  'Fleet of delivery vans; the dispatcher decides and answers only in the morning.',
  'Young software house, works from anywhere, asks about 5G routers every quarter.',
  'Family firm in the third generation; wants one invoice and one person to call.',
  'Crew travels by ferry to Finland and Norway; roaming is what they look at first.',
  'Growing quickly: new numbers nearly every month, likes gaming evenings with the team.',
  'Counts every cent. Compares us with two competitors before each renewal.',
] as const;

export const interests = ['gaming', 'photography', 'music', 'travel', 'sports', 'films', 'home office'] as const;

export function personName(random: Random, place: Place): string {
  return `${pick(random, place.firstNames)} ${pick(random, place.lastNames)}`;
}

export function companyName(random: Random, place: Place): string {
  return `${pick(random, place.lastNames)} ${pick(random, trades)} ${place.companySuffix}`;
}

export function businessProfile(random: Random): string {
  return pick(random, businessProfiles);
}

/** An address that no mail system outside will ever accept, unique by number. */
export function emailOf(name: string, number: number): string {
  const local = name
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[^A-Za-z ]/g, '')
    .toLowerCase()
    .trim()
    .replace(/ +/g, '.');
  return `${local}.${number}@customers.example`;
}
