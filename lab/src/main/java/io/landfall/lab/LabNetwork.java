package io.landfall.lab;

import java.io.IOException;
import java.util.List;

/**
 * What a lab stands on: loopback addresses of this machine, or a small Internet of network
 * namespaces. It decides the addresses, the upstream routers, and where a site's processes run; the
 * lab on top of it is the same.
 */
public interface LabNetwork extends AutoCloseable {
  /** Who is where. */
  LabPlan plan();

  /** Starts the routers; the lab's folders exist, no node runs yet. */
  void open(LabLayout layout) throws IOException, LabFailure, InterruptedException;

  /** Waits until sites can reach each other: a node that finds no way there tries again later. */
  void awaitPaths(LabConsole console) throws IOException, LabFailure, InterruptedException;

  /** The command that runs this command where the site's processes run. */
  List<String> at(LabPlan.Site site, List<String> command);

  /** What the public side of a site still lacks, in words; nothing when it is complete. */
  List<String> missing(LabPlan.Site site);

  /** What lab.json says besides, as members of its object, each with a comma before it. */
  String json();

  /** What to try, as commands that can be pasted. */
  String table(Lab lab);

  /** Walks through the lab and breaks things. Returns whether every step did what it should. */
  boolean tour(Lab lab, LabConsole console) throws IOException, LabFailure, InterruptedException;

  /** Takes everything away, after the processes have ended. Called once. */
  @Override
  void close() throws IOException;
}
