/**
 * One request from its head to the end of its response: decision, attempts, retries and timeouts.
 * It knows a {@link io.landfall.edge.exchange.Downstream} and an {@link
 * io.landfall.edge.exchange.Attempt}, and no version of HTTP.
 */
package io.landfall.edge.exchange;
