"""Names of topics that a text may be about; none of the label families kept for measuring is among them."""

# No travel, no cooking, food or restaurants, no dancing, no buildings, animals, vehicles or films, no banking, no cars.
NAMES = """
sports, football, basketball, baseball, tennis, golf, swimming, running, cycling, chess, the Olympic Games, boxing,
music, rock music, classical music, a concert, a song, singing, a musical instrument, the piano, a guitar, jazz,
politics, an election, a president, a parliament, a government, diplomacy, a political party, democracy, a law,
justice, a court, the police, crime, a murder, theft, prison, human rights, protest, immigration, refugees, equality,
war, the army, a battle, weapons, peace, terrorism, history, the ancient world, the Middle Ages, an empire, a king, a
revolution, slavery, colonies, archaeology, religion, Christianity, Islam, the church, God, prayer, philosophy,
ethics, economics, trade, taxes, unemployment, poverty, wealth, a company, a factory, marketing, advertising,
shopping, fashion, clothes, prices, the stock market, insurance, agriculture, farming, fishing, mining, oil, energy,
electricity, nuclear power, solar energy, science, physics, chemistry, biology, mathematics, astronomy, the planets,
space exploration, geology, earthquakes, volcanoes, the weather, rain, a storm, winter, summer, climate change,
pollution, the environment, forests, plants, flowers, trees, gardening, rivers, the sea, mountains, islands, deserts,
medicine, health, a disease, cancer, doctors, a hospital, surgery, mental health, depression, sleep, exercise, the
human body, the brain, genetics, evolution, cells, pregnancy, old age, death, a funeral, accidents, fire, a disaster,
education, a school, a university, teachers, students, an exam, homework, reading, books, literature, poetry, a novel,
writing, a newspaper, journalism, television, radio, photography, painting, art, sculpture, a museum, theatre, comedy,
language, grammar, spelling, a dictionary, words and their meaning, technology, computers, the internet, software,
programming, a phone, social media, video games, robots, artificial intelligence, privacy, data, hacking, engineering,
machines, tools, inventions, measurement, numbers, time, a calendar, money, work, a job interview, a salary, a
meeting, an office, a boss, retirement, family, mothers, fathers, children, a baby, brothers and sisters, marriage, a
wedding, divorce, love, friendship, a party, a birthday, Christmas, gifts, games, toys, hobbies, childhood, youth,
women, men, loneliness, happiness, anger, jealousy, dreams, memory, lies, secrets, promises, advice, an apology, a
complaint, an insult, a joke, a greeting, a question, an argument, a decision, a plan, a mistake, success, failure,
luck, danger, courage, beauty, strength, speed, size, colour, shapes, sound, noise, silence, light, darkness, heat,
cold, water, air, metal, wood, glass, paper, furniture, cleaning, the home, neighbours, a village, a city, a country,
Europe, Asia, Africa, America, Great Britain, China, India, Russia, Germany, France, Japan, Australia, geography,
population, customs, a battery, a camera, a printer, headphones, a product review, customer service, ghosts, magic,
monsters, heroes, a detective story, science fiction, a fairy tale, adventure, romance
"""


def topic_names() -> list[str]:
    """List the names."""
    return [" ".join(name.split()) for name in NAMES.split(",")]
