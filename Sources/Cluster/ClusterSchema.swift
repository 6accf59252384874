/// The JSON Schema of the cluster file, for editors (`howdah-node config schema`).
public enum ClusterSchema {
    /// `images/cluster.schema.json` is the same, byte by byte.
    public static var text: String { schema }
}

private let schema = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Howdah cluster file",
      "description": "/etc/howdah/cluster.yaml, explained in docs/cluster-file.md.",
      "type": "object",
      "additionalProperties": false,
      "required": ["howdah", "cluster", "panel", "stack"],
      "properties": {
        "howdah": { "description": "Version of this format.", "const": 1 },
        "cluster": { "description": "Name of the cluster.", "$ref": "#/$defs/name" },
        "panel": {
          "description": "The Control Panel: scheme, host and port.",
          "type": "string",
          "pattern": "^https?://[A-Za-z0-9.:\\[\\]-]+$"
        },
        "panel_keys": {
          "description": "Digests of the public keys that the panel may show, as curl pins them.",
          "type": "array",
          "items": { "type": "string", "pattern": "^sha256//[A-Za-z0-9+/]{43}=$" }
        },
        "role": {
          "description": "auto, or the name of a role of the stack.",
          "$ref": "#/$defs/name",
          "default": "auto"
        },
        "roles": {
          "description": "Pattern of an IAM role's name (* is anything) to role of the stack.",
          "type": "object",
          "additionalProperties": { "$ref": "#/$defs/name" }
        },
        "stack": { "description": "A file of the stacks' folder.", "$ref": "#/$defs/name" },
        "repositories": {
          "description": "Where packages come from.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "baseurl"],
            "anyOf": [
              { "required": ["gpgkey"] },
              {
                "required": ["gpgcheck", "repo_gpgcheck"],
                "properties": {
                  "gpgcheck": { "const": false },
                  "repo_gpgcheck": { "const": false }
                }
              }
            ],
            "properties": {
              "id": { "$ref": "#/$defs/name" },
              "baseurl": {
                "description": "s3://bucket/prefix, https://…, http://… or file:///…",
                "type": "string",
                "pattern": "^((s3|https?)://[^/\\s\"'<>\\\\`]|file:///[^/\\s])[^\\s\"'<>\\\\`]*$"
              },
              "gpgkey": { "description": "Public key on the node.", "$ref": "#/$defs/file" },
              "fingerprints": {
                "description": "The keys that the gpgkey file must hold, and no others.",
                "type": "array",
                "items": {
                  "type": "string",
                  "pattern": "^( *[0-9A-Fa-f]){40}(( *[0-9A-Fa-f]){24})? *$"
                }
              },
              "gpgcheck": { "type": "boolean", "default": true },
              "repo_gpgcheck": { "type": "boolean", "default": true }
            }
          }
        },
        "storage": {
          "description": "Volumes that every node gets.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["mount", "size"],
            "properties": {
              "mount": { "type": "string", "pattern": "^(/[A-Za-z0-9][A-Za-z0-9._-]*)+$" },
              "size": {
                "description": "Whole number and unit, such as 200 GiB.",
                "type": "string",
                "pattern": "^0*[1-9][0-9]* *(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$"
              },
              "type": {
                "description": "EBS's, or instance-store.",
                "$ref": "#/$defs/name",
                "default": "gp3"
              },
              "filesystem": { "enum": ["xfs", "ext4"], "default": "xfs" },
              "by": {
                "description": "Who makes and attaches it: the panel, or the node by its IAM role.",
                "enum": ["panel", "role"],
                "default": "panel"
              }
            }
          }
        },
        "settings": {
          "description": "File name to property to value, laid over the stack's own.",
          "type": "object",
          "additionalProperties": {
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean"] }
          }
        },
        "cloud": {
          "description": "A cloud that is not AWS, or machines without a metadata service.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "region": { "description": "Where nothing else names one.", "$ref": "#/$defs/name" },
            "endpoints": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "ec2": { "$ref": "#/$defs/url" },
                "s3": { "$ref": "#/$defs/url" },
                "sts": { "$ref": "#/$defs/url" }
              }
            },
            "metadata": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "endpoint": { "$ref": "#/$defs/url" },
                "tokens": {
                  "description": "never: metadata of version 1, as some private clouds have it.",
                  "enum": ["required", "never"],
                  "default": "required"
                },
                "patience": {
                  "description": "How long one question may take, such as 2 min.",
                  "type": "string",
                  "pattern": "^0*[1-9][0-9]* *(ms|s|min|h)$"
                },
                "access": {
                  "description": "Which users of the instance may reach it.",
                  "enum": ["root", "everyone"]
                }
              }
            },
            "facts": { "description": "File with the machine's facts.", "$ref": "#/$defs/file" }
          },
          "not": { "required": ["metadata", "facts"] },
          "if": {
            "required": ["metadata"],
            "properties": {
              "metadata": {
                "required": ["tokens"],
                "properties": { "tokens": { "const": "never" } }
              }
            }
          },
          "then": {
            "required": ["endpoints"],
            "properties": { "endpoints": { "minProperties": 1 } }
          }
        },
        "locked": {
          "description": "Keys that user-data may not set.",
          "type": "array",
          "default": ["panel", "panel_keys", "repositories"],
          "items": {
            "enum": [
              "howdah", "cluster", "panel", "panel_keys", "role", "roles", "stack", "repositories",
              "storage", "settings", "cloud", "locked", "assume", "image_repositories",
              "enrolment", "enrolment_token"
            ]
          }
        },
        "assume": {
          "description": "RPM capabilities that the host has without a package saying so.",
          "type": "array",
          "items": { "type": "string" }
        },
        "image_repositories": {
          "description": "Whether a boot takes packages from the image's own .repo files too.",
          "type": "boolean",
          "default": false
        },
        "enrolment": {
          "description": "What the node shows the panel of who it is.",
          "enum": ["sts", "token"],
          "default": "sts"
        },
        "enrolment_token": {
          "description": "Secret of one use, in user-data alone; for clouds without STS.",
          "type": "string",
          "minLength": 16,
          "maxLength": 128,
          "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"
        }
      },
      "not": {
        "required": ["enrolment", "enrolment_token"],
        "properties": { "enrolment": { "const": "sts" } }
      },
      "if": { "required": ["panel_keys"], "properties": { "panel_keys": { "minItems": 1 } } },
      "then": { "properties": { "panel": { "pattern": "^https://" } } },
      "$defs": {
        "name": {
          "type": ["string", "integer"],
          "minimum": 0,
          "maxLength": 255,
          "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"
        },
        "url": {
          "type": "string",
          "maxLength": 2048,
          "pattern": "^https?://[A-Za-z0-9.:\\[\\]-]+(/[^\\s\"'<>\\\\`@?#]*)?$"
        },
        "file": {
          "type": "string",
          "maxLength": 2048,
          "pattern": "^file:///[^\\s\"'<>\\\\`]*$"
        }
      }
    }
    """#
