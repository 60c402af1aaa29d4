/** Logback set up in code: one line an event, to standard error. */
package io.landfall.node.log;
