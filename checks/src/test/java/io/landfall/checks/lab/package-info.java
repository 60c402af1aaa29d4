/** Network namespaces, real routing daemons, and the labs that judge Landfall with them. */
@org.jspecify.annotations.NullMarked
package io.landfall.checks.lab;
