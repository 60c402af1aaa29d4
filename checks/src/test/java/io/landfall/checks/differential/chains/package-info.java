/** Certificate chains that Landfall and OpenSSL both judge. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.differential.chains;
