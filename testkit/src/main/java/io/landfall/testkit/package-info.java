/** Waiting, fuzz corpora, BGP by hand, TLS without trust, processes, raw HTTP: for tests only. */
package io.landfall.testkit;
