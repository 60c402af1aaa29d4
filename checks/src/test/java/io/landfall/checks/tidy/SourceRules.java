package io.landfall.checks.tidy;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The rules of house style that need the source's structure: parsed by javac, not compiled. */
final class SourceRules extends TreePathScanner<Void, Void> {
  /** The longest method, signature and braces included, blank lines not. */
  static final int MOST_METHOD_LINES = 60;

  /** The most parameters of a method; beyond that, a record. */
  static final int MOST_PARAMETERS = 6;

  /** The most components of a record; beyond that, records in it for what belongs together. */
  static final int MOST_COMPONENTS = 8;

  private final List<String> complaints = new ArrayList<>();
  private final CompilationUnitTree unit;
  private final DocTrees trees;
  private int depthOfPublic;

  private SourceRules(CompilationUnitTree unit, DocTrees trees) {
    this.unit = unit;
    this.trees = trees;
  }

  /** What source files break, each complaint led by its path; they are parsed in one go. */
  static List<String> check(Map<String, String> textByPath) {
    List<JavaFileObject> sources = new ArrayList<>();
    textByPath.forEach((path, text) -> sources.add(new Source(path, text)));
    List<String> complaints = new ArrayList<>();
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(
                    null,
                    null,
                    diagnostic -> complaints.add(diagnostic.toString()),
                    null,
                    null,
                    sources);
    try {
      for (CompilationUnitTree unit : task.parse()) {
        SourceRules rules = new SourceRules(unit, DocTrees.instance(task));
        rules.scan(unit, null);
        String path = unit.getSourceFile().getName();
        rules.complaints.forEach(complaint -> complaints.add(path + ": " + complaint));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return complaints;
  }

  /** A source file that is in memory. */
  private static final class Source extends SimpleJavaFileObject {
    private final String path;
    private final String text;

    Source(String path, String text) {
      super(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE);
      this.path = path;
      this.text = text;
    }

    @Override
    public String getName() {
      return path;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  @Override
  public Void visitClass(ClassTree type, Void unused) {
    boolean isPublic = isPublic(type.getModifiers());
    if (isPublic && undocumented()) {
      complaints.add("public type " + type.getSimpleName() + " has no doc comment");
    }
    long components = componentsOf(type);
    if (components > MOST_COMPONENTS) {
      complaints.add(
          "record " + type.getSimpleName() + " has " + components + " components; nest records");
    }
    // A public member of a type that is not public is no part of anyone's API.
    boolean reachable = isPublic;
    depthOfPublic += reachable ? 1 : 0;
    super.visitClass(type, null);
    depthOfPublic -= reachable ? 1 : 0;
    return null;
  }

  @Override
  public Void visitMethod(MethodTree method, Void unused) {
    String name = method.getName().toString();
    if (isPublic(method.getModifiers())
        && depthOfPublic > 0
        && isPublic(enclosing().getModifiers())
        && !overrides(method)
        && undocumented()) {
      complaints.add("public method " + name + " has no doc comment");
    }
    // Picocli makes a command's options of a method's parameters, and overriding gives no choice.
    boolean canonical = enclosing().getKind() == Tree.Kind.RECORD && name.equals("<init>");
    if (method.getParameters().size() > MOST_PARAMETERS
        && !canonical
        && !overrides(method)
        && !annotated(method, "Command")) {
      complaints.add(name + " has " + method.getParameters().size() + " parameters; use a record");
    }
    long lines = codeLines(method);
    if (lines > MOST_METHOD_LINES) {
      complaints.add(name + " has " + lines + " lines, more than " + MOST_METHOD_LINES);
    }
    return super.visitMethod(method, null);
  }

  /** A record's fields that are not static are its components (JLS section 8.10.3). */
  private static long componentsOf(ClassTree type) {
    return type.getKind() != Tree.Kind.RECORD
        ? 0
        : type.getMembers().stream()
            .filter(
                member ->
                    member instanceof VariableTree field
                        && !field.getModifiers().getFlags().contains(Modifier.STATIC))
            .count();
  }

  private ClassTree enclosing() {
    return (ClassTree) getCurrentPath().getParentPath().getLeaf();
  }

  private boolean undocumented() {
    DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
    return comment == null || comment.getFullBody().isEmpty();
  }

  private static boolean overrides(MethodTree method) {
    return annotated(method, "Override");
  }

  private static boolean annotated(MethodTree method, String name) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().equals(name));
  }

  private static boolean isPublic(ModifiersTree modifiers) {
    return modifiers.getFlags().contains(Modifier.PUBLIC);
  }

  /** The lines of a method that are not blank, without its doc comment and annotations. */
  private long codeLines(MethodTree method) {
    Tree first = method.getReturnType() == null ? method : method.getReturnType();
    SourcePositions positions = trees.getSourcePositions();
    int start = (int) positions.getStartPosition(unit, first);
    int end = (int) positions.getEndPosition(unit, method);
    try {
      return unit.getSourceFile()
          .getCharContent(true)
          .subSequence(start, end)
          .toString()
          .lines()
          .filter(line -> !line.isBlank())
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
