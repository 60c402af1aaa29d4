/** A pure function: request facts and view to Serve, Forward or Decline. */
package io.landfall.decision;
