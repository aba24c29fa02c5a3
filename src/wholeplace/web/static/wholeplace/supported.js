// Runs before the page is painted: says that scripts work, so that styles which need them apply.
document.body.classList.add("govuk-frontend-supported");
