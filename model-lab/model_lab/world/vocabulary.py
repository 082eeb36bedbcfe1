"""What the world can contain, and the words for it. To widen the world, add entries here (and a thing's outline).

New entries go to the end: `scene.held_out` counts by position, and what was once kept from training must stay so.
"""

THINGS = {
    "ball": ["ball", "ball", "orb", "sphere"],
    "box": ["box", "box", "cube", "square", "block"],
    "star": ["star", "star", "five-pointed star"],
    "heart": ["heart", "heart", "heart shape"],
    "triangle": ["triangle", "triangle", "pyramid"],
    "ring": ["ring", "ring", "hoop", "donut"],
    "bird": ["bird", "bird", "little bird", "sparrow"],
    "fish": ["fish", "fish", "goldfish"],
    "boat": ["boat", "boat", "sailboat", "sailing ship"],
    "car": ["car", "car", "automobile", "toy car"],
    "balloon": ["balloon", "balloon", "toy balloon"],
    "rocket": ["rocket", "rocket", "spaceship", "space rocket"],
    "tree": ["tree", "tree", "round tree"],
}
COLOURS = {
    "red": ((0.88, 0.13, 0.14), ["red", "red", "red", "crimson", "scarlet"]),
    "orange": ((0.98, 0.52, 0.08), ["orange", "orange", "tangerine"]),
    "yellow": ((0.99, 0.87, 0.16), ["yellow", "yellow", "lemon yellow"]),
    "green": ((0.13, 0.62, 0.22), ["green", "green", "emerald"]),
    "blue": ((0.12, 0.27, 0.85), ["blue", "blue", "royal blue"]),
    "purple": ((0.52, 0.18, 0.72), ["purple", "purple", "violet"]),
    "pink": ((1.00, 0.49, 0.71), ["pink", "pink", "rosy pink"]),
    "white": ((0.97, 0.97, 0.97), ["white", "white", "snow-white"]),
    "turquoise": ((0.10, 0.78, 0.74), ["turquoise", "turquoise", "cyan", "teal"]),
    "brown": ((0.46, 0.26, 0.12), ["brown", "brown", "chocolate brown"]),
}
PLACES = {
    "day": [
        "under a blue sky",
        "under a blue sky",
        "under the blue sky",
        "on a sunny day",
        "in a green meadow",
        "by day",
        "on a green field under a blue sky",
        "under a clear blue sky",
    ],
    "sunset": ["at sunset", "at sunset", "under an orange sky", "in the evening", "under a sunset sky", "at dusk"],
    "night": ["at night", "at night", "under the stars", "under a starry sky", "in the dark night", "by moonlight"],
    "snow": ["in the snow", "in the snow", "in a snowy field", "on the snow", "in winter", "in a winter landscape"],
    "desert": ["in the desert", "in the desert", "on the sand", "among sand dunes", "in a sandy desert"],
    "sea": ["on the sea", "on the sea", "by the sea", "over the ocean", "on the waves", "at sea"],
    "forest": ["in the forest", "in the forest", "in the woods", "among fir trees", "in a green forest"],
    "city": ["in the city", "in the city", "in front of tall buildings", "on a city street", "in town"],
}
MOTIONS = {
    "left": ["moves left", "moves to the left", "slides left", "goes to the left", "glides leftwards"],
    "right": ["moves right", "moves to the right", "slides right", "goes to the right", "glides rightwards"],
    "rises": ["rises", "rises", "floats up", "goes up", "rises into the air", "moves upwards"],
    "falls": ["falls", "falls", "falls down", "drops to the ground", "falls from the sky", "drops"],
    "bounces": ["bounces", "bounces", "bounces up and down", "hops", "is bouncing", "jumps up and down"],
    "grows": ["grows", "grows", "gets bigger", "becomes larger", "grows bigger"],
    "shrinks": ["shrinks", "shrinks", "gets smaller", "becomes smaller", "is shrinking"],
    "still": ["stands still", "stands still", "does not move", "rests", "is at rest", "stays in place"],
    "spins": ["spins", "spins", "rotates", "turns round and round", "is spinning"],
    "rolls": ["rolls along", "rolls along", "rolls over the ground", "is rolling", "tumbles along"],
    "orbits": [
        "moves in a circle",
        "moves in a circle",
        "flies in circles",
        "circles in the air",
        "goes round and round",
    ],
    "zigzags": ["zigzags", "zigzags", "moves in a zigzag", "is zigzagging", "goes up and down in zigzags"],
    "takes off": ["takes off", "takes off", "takes flight", "flies away", "lifts off into the sky"],
}
SIZES = {
    "small": (0.21, ["small", "small", "little", "tiny"]),
    "medium": (0.27, ["medium-sized"]),
    "big": (0.35, ["big", "big", "large"]),
    "huge": (0.45, ["huge", "huge", "giant", "enormous"]),
}
CAMERAS = {
    "fixed": [],
    "pans left": ["the camera pans left", "as the camera moves to the left"],
    "pans right": ["the camera pans right", "as the camera moves to the right"],
    "zooms in": ["the camera zooms in", "as the camera comes closer"],
    "zooms out": ["the camera zooms out", "as the camera goes away"],
}
# What the first thing does with the second.
RELATIONS = {
    "behind": ["passes behind", "passes behind", "goes behind", "disappears behind", "moves past behind"],
    "collides": ["bumps into", "bounces off", "collides with", "hits", "runs into"],
    "follows": ["follows", "follows", "runs after", "chases"],
    "circles": ["circles around", "circles around", "flies around", "orbits"],
}

HEADED = ("rolls", "zigzags", "takes off")  # these go to one of the sides, which the motion does not say
HEADINGS = {-1: ["to the left", "to the left", "leftwards"], 1: ["to the right", "to the right", "rightwards"]}
ROUND = ("ball", "ring")  # that these turn cannot be seen, so it is never drawn
ROLLING = {
    "left": ["rolls left", "rolls to the left"],
    "right": ["rolls right", "rolls to the right"],
}  # of the round ones

EVERYTHING = {
    "things": list(THINGS),
    "colours": list(COLOURS),
    "motions": list(MOTIONS),
    "places": list(PLACES),
    "sizes": list(SIZES),
}
