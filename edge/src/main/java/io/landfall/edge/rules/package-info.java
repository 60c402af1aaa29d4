/**
 * The rules of services: who may use one, how often, what is redirected, and which fields change.
 * Of a request's head and an address, an answer or none; nothing here has a channel, a place or a
 * cache.
 */
package io.landfall.edge.rules;
