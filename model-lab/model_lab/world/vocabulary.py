"""What the world can contain, and the words for it. To widen the world, add entries here (and a thing's outline)."""

THINGS = {
    "ball": ["ball", "ball", "orb", "sphere"],
    "box": ["box", "box", "cube", "square", "block"],
    "star": ["star", "star", "five-pointed star"],
    "heart": ["heart", "heart", "heart shape"],
    "triangle": ["triangle", "triangle", "pyramid"],
    "ring": ["ring", "ring", "hoop", "donut"],
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
}
PLACES = {
    "day": ["under a blue sky", "under a blue sky", "under the blue sky", "on a sunny day", "in a green meadow",
            "by day", "on a green field under a blue sky", "under a clear blue sky"],
    "sunset": ["at sunset", "at sunset", "under an orange sky", "in the evening", "under a sunset sky", "at dusk"],
    "night": ["at night", "at night", "under the stars", "under a starry sky", "in the dark night", "by moonlight"],
    "snow": ["in the snow", "in the snow", "in a snowy field", "on the snow", "in winter", "in a winter landscape"],
    "desert": ["in the desert", "in the desert", "on the sand", "among sand dunes", "in a sandy desert"],
}
MOTIONS = {
    "left": ["moves left", "moves to the left", "slides left", "goes to the left", "glides leftwards", "rolls left"],
    "right": ["moves right", "moves to the right", "slides right", "goes to the right", "glides rightwards",
              "rolls right"],
    "rises": ["rises", "rises", "floats up", "goes up", "rises into the air", "moves upwards"],
    "falls": ["falls", "falls", "falls down", "drops to the ground", "falls from the sky", "drops"],
    "bounces": ["bounces", "bounces", "bounces up and down", "hops", "is bouncing", "jumps up and down"],
    "grows": ["grows", "grows", "gets bigger", "becomes larger", "grows bigger"],
    "shrinks": ["shrinks", "shrinks", "gets smaller", "becomes smaller", "is shrinking"],
    "still": ["stands still", "stands still", "does not move", "rests", "is at rest", "stays in place"],
    "spins": ["spins", "spins", "rotates", "turns round and round", "is spinning"],
}
SIZES = {
    "small": (0.17, ["small", "small", "little", "tiny"]),
    "medium": (0.25, ["medium-sized"]),
    "big": (0.35, ["big", "big", "large", "huge"]),
}

ROUND = ("ball", "ring")  # a spin of these cannot be seen, so it is never drawn
