/** Heads, fields and rules of HTTP that hold in every version; no connection and no exchange. */
package io.landfall.edge.http;
