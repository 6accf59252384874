"""Says for each YAML file whether the JSON Schema takes it: "yes NAME" or "no NAME".
Usage: schema-check.py SCHEMA FILE..."""
import json, os, sys
import jsonschema, yaml

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    with open(path) as file:
        verdict = "yes" if validator.is_valid(yaml.safe_load(file)) else "no"
    print(verdict, os.path.basename(path))
