// @ts-check

/** The search on the home page leads to the list of schools, which needs a script to be searched. */
for (const form of document.querySelectorAll('form[data-find]')) if (form instanceof HTMLElement) form.hidden = false;
