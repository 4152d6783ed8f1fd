"""The names containers get when they are given none: an adjective and someone of science."""

from collections.abc import Container
from itertools import count

LEFT = """
    admiring agile amazing bold brave busy calm clever cool crisp daring dazzling eager earnest easy
    elastic elated elegant epic exact fervent focused friendly frosty gallant gentle gifted goofy
    gracious happy hopeful hungry inspiring jolly jovial keen kind laughing lucid lucky magical modest
    nifty nimble nostalgic optimistic peaceful pensive practical quirky quizzical relaxed romantic
    serene sharp silly sleepy stoic sweet tender thirsty trusting upbeat vibrant vigilant vigorous
    wizardly wonderful youthful zealous zen
""".split()
RIGHT = """
    allen babbage backus banach bardeen bartik bell blackwell bohr boole borg brattain brown cerf chandra
    clarke cori cray curie darwin davinci dijkstra easley einstein elion engelbart euclid euler feynman
    franklin galileo gauss goldberg goodall hamilton hawking heisenberg hertz hofstadter hopper hypatia
    jackson johnson joliot kalam keller kepler khorana kilby kirch knuth kowalevski lamarr lamport leakey
    lewin liskov lovelace mayer mccarthy mcclintock meitner mendel mirzakhani morse moser napier nash
    newton nobel noether noyce pasteur perlman pike ramanujan ride ritchie roentgen rubin saha shannon
    shirley sutherland swartz tesla thompson torvalds turing varahamihira volhard wescoff wilbur wiles
    williams wilson wing wozniak wright yalow yonath
""".split()


def pick(seed: str, taken: Container[str]) -> str:
    """A name nobody in `taken` has, worked out from the hex digits of `seed`; if it must be, with a digit."""
    number = int(seed[:16], 16)
    name = f"{LEFT[number % len(LEFT)]}_{RIGHT[number // len(LEFT) % len(RIGHT)]}"
    return next(candidate for digit in count() if (candidate := f"{name}{digit or ''}") not in taken)
