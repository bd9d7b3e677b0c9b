// Swagger UI on our own description. A token typed into it is forgotten with the page.
const place = document.getElementById("docs");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  docExpansion: "list",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
