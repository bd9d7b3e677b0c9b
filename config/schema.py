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
        return " ".join(description.split(". ")[0].split()).rstrip(".") or None


def problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say of every operation that it may answer with a problem, of every request that it takes no other field, and who
    may come without a token."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for name, schema in schemas.items():
        if name.endswith("Request") or name in BODIES or name.startswith("Patched"):
            schema["additionalProperties"] = False
    for path in result["paths"].values():
        for method, operation in path.items():
            if method == "get":
                operation["responses"]["304"] = {"description": "Belum berubah sejak ETag di If-None-Match"}
            operation["responses"]["default"] = {
                "description": "Ditolak",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
    return result


BODIES: frozenset[str] = frozenset()
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
