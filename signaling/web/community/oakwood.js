// What the people of Oakwood write about: example data, all of it made up. Names and pictures of members come from the server; here they are ids.
// In a text, @{id} mentions somebody.

const kHour = 3_600_000;
const opened = Date.now();
const hoursAgo = (hours) => opened - hours * kHour;

export const kAbout = {
  ada: { role: 'Librarian', place: 'Mill Lane', text: 'Runs the town library and this site. Always looking for one more reader for the Thursday circle.' },
  aiko: { role: 'Illustrator', place: 'Orchard Row', text: 'Draws the market posters. Happy to teach a drawing hour for children on rainy Saturdays.' },
  ben: { role: 'Baker', place: 'Market Square', text: 'Up at three so that you have bread at seven. Ask for the seeded rye.' },
  benedikta: { role: 'Keeper of the town archive', place: 'Old Town Hall', text: 'Four hundred years of Oakwood in boxes. Some of them even have labels.' },
  hugo: { role: 'Clockmaker', place: 'Church Street', text: 'Winds the town clock every Monday and repairs what others throw away.' },
  jun: { role: 'Bicycle mechanic', place: 'Station Road', text: 'Brakes, chains and courage for the hill. The repair stand is free on Sundays.' },
  katya: { role: 'Music teacher', place: 'Mill Lane', text: 'Leads the choir. No audition, only patience.' },
  maeve: { role: 'Vet', place: 'Brook End', text: 'Cats, dogs, two alpacas and a very old parrot.' },
  mei: { role: 'Potter', place: 'Kiln Yard', text: 'Bowls, mugs and flower pots. The kiln opens on the first Friday of the month.' },
  nikos: { role: 'Café owner', place: 'Market Square', text: 'Coffee, chess and the weather, in that order.' },
  olena: { role: 'Beekeeper', place: 'Brook End', text: 'Nine hives behind the brook. Plant something blue and they will visit you.' },
  priya: { role: 'Doctor', place: 'Church Street', text: 'At the practice by day, in the vegetable beds by evening.' },
  salim: { role: 'Carpenter', place: 'Kiln Yard', text: 'Built the benches in the park. Keeps the offcuts for anyone who wants to learn.' },
  thao: { role: 'Tailor', place: 'Station Road', text: 'Hems, zips and costumes for the summer play.' },
  tomas: { role: 'Gardener', place: 'Orchard Row', text: 'Looks after the town beds and started the Garden club. Tomatoes are a way of life.' },
  wanjiru: { role: 'Teacher', place: 'Orchard Row', text: 'Year four at Oakwood school. Collects seeds and good questions.' },
};

export const kGroups = [{
  id: 'garden-club',
  name: 'Garden club',
  text: 'Beds, balconies and the orchard behind the mill. We swap seeds, lend tools and meet on Saturdays at ten.',
  members: ['tomas', 'ada', 'aiko', 'olena', 'priya', 'wanjiru', 'salim', 'benedikta'],
  roles: { tomas: 'Started the club', olena: 'Bees and wild flowers', priya: 'Vegetable beds', salim: 'Tool shed' },
  meetings: [
    { day: 'Sat', text: 'Pruning the old apple trees', where: 'Orchard behind the mill, 10:00' },
    { day: 'Wed', text: 'Seed swap', where: 'Library, 18:30' },
  ],
}];

export const kPosts = [
  {
    id: 'bread', author: 'ben', at: hoursAgo(1.2),
    text: 'The oven is repaired! There are forty loaves too many today, so whoever comes before noon takes two for one. Thank you @{jun} for finding that bolt.',
    comments: [
      { author: 'jun', at: hoursAgo(0.9), text: 'It was in the box of things that fit nothing. It always is.' },
      { author: 'maeve', at: hoursAgo(0.6), text: 'Two seeded ryes for the practice, please. @{priya} shall I bring you one?' },
    ],
  },
  {
    id: 'poster', author: 'aiko', at: hoursAgo(5), picture: 'market.svg', alt: 'A drawing of market stalls under striped awnings with a clock tower behind',
    text: 'The poster for the autumn market is done. @{thao} sewed the real awnings, so the stripes are true.',
    comments: [
      { author: 'thao', at: hoursAgo(4.5), text: 'They are, and they nearly finished my sewing machine.' },
      { author: 'hugo', at: hoursAgo(4), text: 'The clock in your drawing is four minutes late. I like it.' },
      { author: 'salim', at: hoursAgo(3), text: 'It will hang in the workshop window tomorrow. أحسنتِ!' },
    ],
  },
  {
    id: 'choir', author: 'katya', at: hoursAgo(21),
    text: 'The choir needs two low voices for December. @{nikos}, we all heard you sing on the ferry. There are biscuits.',
    comments: [{ author: 'nikos', at: hoursAgo(20), text: 'That was the engine.' }],
  },
  {
    id: 'box', author: 'benedikta', at: hoursAgo(30),
    text: 'Opened box 117 today: every menu of the old station restaurant from 1908 on. Soup was served at all hours. @{ada}, may they have the glass case in the library for a month?',
    comments: [{ author: 'ada', at: hoursAgo(29), text: 'They may. Shall we look at them together this week?' }],
  },
  {
    id: 'seeds', author: 'wanjiru', group: 'garden-club', at: hoursAgo(26),
    text: 'Year four has saved 312 sunflower seeds, counted twice. Who has a sunny wall? @{tomas} has promised the one behind the greenhouse.',
    comments: [
      { author: 'tomas', at: hoursAgo(25), text: 'It is yours. Bring the whole class.' },
      { author: 'olena', at: hoursAgo(24), text: 'The bees have heard and are making plans.' },
    ],
  },
  {
    id: 'frost', author: 'tomas', group: 'garden-club', at: hoursAgo(50),
    text: 'First frost on Thursday night, they say. Cover the late beans and bring the lemons in. @{priya} has fleece to lend.',
    comments: [{ author: 'priya', at: hoursAgo(48), text: 'Four rolls, in the tool shed on the left.' }],
  },
];

export const kDiscussions = [
  {
    id: 'bench', title: 'Where should the new bench stand?', author: 'salim', at: hoursAgo(9),
    text: 'The oak plank from the storm is dry and I can build one bench of it this month. By the brook, or in front of the library?',
    replies: [
      { author: 'mei', at: hoursAgo(8), text: 'By the brook. From there one sees the heron.' },
      { author: 'hugo', at: hoursAgo(7), text: 'In front of the library there are already four, and a wall that everyone prefers.' },
      { author: 'ada', at: hoursAgo(6), text: 'I would love a fifth, but @{mei} is right about the heron.' },
      { author: 'salim', at: hoursAgo(2), text: 'The brook it is. @{jun}, may I borrow the long cargo bicycle?' },
    ],
  },
  {
    id: 'supper', title: 'Harvest supper: who brings what', author: 'wanjiru', at: hoursAgo(12),
    text: 'The long table is set for Saturday week. So far: bread from @{ben}, honey from @{olena}, tomatoes from @{tomas}, coffee from @{nikos}, bowls from @{mei}, soup of 1908 '
      + 'from @{benedikta}, lanterns from @{aiko}, benches from @{salim}, table cloths from @{thao}, songs from @{katya}, the bell at six from @{hugo}, a cargo bicycle for all of it '
      + 'from @{jun}, and a first aid box from @{priya} and @{maeve}. @{ada} reads a poem, a short one. I, @{wanjiru}, bring thirty hungry children.',
    replies: [{ author: 'maeve', at: hoursAgo(11), text: 'The parrot would like to come too.' }],
  },
  {
    id: 'bus', title: 'Evening bus on Fridays', author: 'thao', at: hoursAgo(34),
    text: 'The county asks whether we would use a bus at 22:15 from the station. They want names by the end of the month.',
    replies: [
      { author: 'katya', at: hoursAgo(33), text: 'The choir alone would fill it.' },
      { author: 'nikos', at: hoursAgo(31), text: 'Put me down, and two chess players.' },
    ],
  },
  {
    id: 'parrot', title: 'Lost: a parrot that says good evening', author: 'maeve', at: hoursAgo(75),
    text: 'Grey, polite, answers to Professor. Last heard on the roof of the practice.',
    replies: [
      { author: 'priya', at: hoursAgo(74), text: 'He wished my patients good evening at nine in the morning. Chimney side.' },
      { author: 'maeve', at: hoursAgo(70), text: 'Found! Thank you @{priya} and @{hugo} for the ladder.' },
    ],
  },
];

export const kEvents = [
  { day: 'Fri', text: 'Kiln opening', where: 'Kiln Yard, 17:00' },
  { day: 'Sat', text: 'Autumn market', where: 'Market Square, 9:00' },
  { day: 'Sun', text: 'Free bicycle repairs', where: 'Station Road, 14:00' },
];

export const groupById = (id) => kGroups.find((group) => group.id === id);
export const groupsOf = (member) => kGroups.filter((group) => group.members.includes(member));
