/** Plane two of one node as one machine; opens nothing, and knows no clock. */
package io.landfall.control;
