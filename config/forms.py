"""How every form is drawn: our templates for forms and fields, Django's for the plain boxes."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
