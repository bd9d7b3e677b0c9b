"""How the API is described: what the generator is told beyond what stands at each view."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "members.tokens.Bearer"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Described(AutoSchema):
    """A list is called one."""

    def get_operation_id(self) -> str:
        name: str = super().get_operation_id()
        return name.replace("_retrieve", "_list") if type(self.view).__name__.endswith("List") else name

    def get_summary(self) -> str | None:
        """The first sentence of what an operation does."""
        description: str = self.get_description() or ""
        return " ".join(description.split(". ", maxsplit=1)[0].split()).rstrip(".") or None


def problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say of every operation that it may answer with a problem, and of every request that it takes no other field."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    sent: set[str] = set()
    for path in result["paths"].values():
        for method, operation in path.items():
            sent |= _named(operation.get("requestBody", {}), schemas)
            if method == "get":
                operation["responses"]["304"] = {"description": "Belum berubah sejak ETag di If-None-Match"}
            operation["responses"]["default"] = {
                "description": "Ditolak",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
    for name in sent:
        if schemas[name].get("type") == "object":
            schemas[name]["additionalProperties"] = False
    schemas["Problem"] = PROBLEM
    return result


def _named(value: Any, schemas: dict[str, Any]) -> set[str]:
    """Every schema that a part of the description leads to."""
    if isinstance(value, list):
        return {name for inner in value for name in _named(inner, schemas)}
    if not isinstance(value, dict):
        return set()
    found = {name for inner in value.values() for name in _named(inner, schemas)}
    if "$ref" in value:
        name = str(value["$ref"]).rsplit("/", 1)[1]
        found |= {name} | _named(schemas[name], schemas)
    return found


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Satu kalimat untuk orang"},
        "code": {"type": "string", "description": "Tetap; untuk program"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {
                        "enum": [
                            "required",
                            "unknown_field",
                            "not_an_integer",
                            "out_of_range",
                            "invalid",
                            "duplicate_key",
                        ]
                    },
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
