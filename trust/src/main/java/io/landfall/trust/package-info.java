/** Who a peer is: names, certificates, admission, candidates, live peers, revocation. */
package io.landfall.trust;
