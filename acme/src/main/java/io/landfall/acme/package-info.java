/**
 * Gets certificates from a CA by ACME (RFC 8555): one order as a call that blocks ({@link
 * io.landfall.acme.AcmeClient}), when the next one is due ({@link io.landfall.acme.Renewal}), and
 * what is kept on disk. Where challenges are answered is somebody else's ({@link
 * io.landfall.acme.ChallengePublisher}).
 */
package io.landfall.acme;
