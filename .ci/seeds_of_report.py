"""Says how many seeds each simulation of a GoogleTest XML report ran. Fails when there is none, or
one of them ran fewer than were asked for."""

import os
import sys
import xml.etree.ElementTree as xml

wanted = int(os.environ["ACTORNET_SEEDS"])
simulations = {}  # what is no simulation has no such property
for case in xml.parse(sys.argv[1]).iter("testcase"):
    for entry in case.iter("property"):
        if entry.get("name") == "seeds":
            name = f"{case.get('classname')}.{case.get('name')}"
            simulations[name] = int(entry.get("value"))
            print(f"{simulations[name]:9,} seeds in {float(case.get('time')):5.1f} s  {name}")
if not simulations or min(simulations.values()) < wanted:
    sys.exit(f"fewer than {wanted:,} seeds, or no simulation at all")
