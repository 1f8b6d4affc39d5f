"""How fast the core is: `make bench`, or `python -m bench` for one's own interpreter.

Rules
- Prints medians over repetitions, ratios and the machine; asserts nothing: a slow machine is not a broken product.
- Only shipped packs are measured, as the service runs them; random facts and acts come from a fixed seed.
- The comparison engine is installed for the bench alone (`bench/requirements.txt`); without it its lines are left out.
"""
