/** What the pages print is what the code does: commands are run, documents are compared with it. */
package io.landfall.checks.pages;
