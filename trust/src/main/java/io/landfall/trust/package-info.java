/** Who a peer is: names, certificates, admission, revocation. */
package io.landfall.trust;
