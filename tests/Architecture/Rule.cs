namespace CallCenter.Architecture;

/// <summary>
/// A rule of the house: a function from a tree to its violations, with trees that break it. The tests check that the real
/// tree has none and that every planted one is found.
/// </summary>
internal abstract class Rule
{
    /// <summary>The rule in a sentence.</summary>
    public abstract string Says { get; }

    /// <summary>One line each: where, and what is wrong.</summary>
    public abstract IEnumerable<string> Violations(Tree tree);

    /// <summary>Trees with one violation each.</summary>
    public abstract IEnumerable<Tree> Planted(Tree tree);

    public sealed override string ToString() => GetType().Name;
}
