/** TLS of the listeners: which certificate a client is shown, and what unfinished records take. */
package io.landfall.edge.tls;
