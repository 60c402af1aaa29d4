/**
 * What a node says of itself: the records are the contract, and {@link io.landfall.admin.json}
 * makes JSON of them and reads it back. A node maps its state to them in one place, and the command
 * prints them in one place.
 *
 * <p>The name of a component is the key in the JSON, so renaming one breaks scripts; {@code
 * WireContractTest} holds every view to the letter.
 */
package io.landfall.admin.model;
