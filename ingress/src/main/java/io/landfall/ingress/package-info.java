/** Plane one: originates the anycast prefix by operator intent and node liveness. */
package io.landfall.ingress;
