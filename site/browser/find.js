// @ts-check

/** Shows the search on the home page. It leads to the list of schools, whose search needs a script, too. */
for (const form of document.querySelectorAll('form[data-find]')) if (form instanceof HTMLElement) form.hidden = false;
