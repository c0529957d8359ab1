namespace CallCenter.Architecture.Scanning;

/// <summary>The scanner finds what a compiler would, in the syntax that is easy to get wrong.</summary>
public class ScanningTests
{
    private const string Source = """"
        using System;
        namespace A.B;

        #if DEBUG {
        #endif
        /// <summary>class Fake { }</summary>
        public sealed record Point(int X, int Y = 2) : IEquatable<Point>;

        [Obsolete("class Attribute { void No() { } }")]
        internal partial class Room<T>(string name) where T : class where TOther : struct
        {
            private readonly Dictionary<string, int> _items = new() { ["{"] = 1, ['}'.ToString()] = 2 };
            public int Automatic { get; private set; } = 5;
            public string Text => $"{name}: {(true ? "}" : @"{""")} {{";

            public int Computed
            {
                get
                {
                    return 1;
                }
            }

            public Room() : this("x") { }

            [Theory, InlineData("(", 1)]
            public static bool operator ==(Room<T> a, Room<T> b)
            {
                // }
                return true; /* } */
            }

            private string Raw<TValue>(TValue v) where TValue : class, new()
            {
                string Local() => """
                    { not code "" } }
                    """;
                return Local();
            }

            private int Switch(int n) => n switch
            {
                1 => 2,
                _ => 3,
            };

            private enum Kind { One = 1 << (1), Two }

            private sealed class Inner
            {
                void Deep()
                {
                    if (true) { }
                }
            }
        }

        public delegate void Done(int code);
        """";

    [Fact]
    public void Types_outside_others_are_found_with_their_reach() =>
        CSharpFile.Of(Source).Types.Select(t => (t.Name, t.IsPublic)).ShouldBe([("Point", true), ("Room", false), ("Done", true)]);

    [Fact]
    public void Functions_are_found_with_the_lines_of_their_bodies() =>
        CSharpFile.Of(Source).Functions.Select(f => (f.Name, f.Lines)).ShouldBe(
        [
            ("Text", 1), ("Computed", 4), ("Room", 1), ("operator ==", 2), ("Raw", 4), ("Switch", 5), ("Deep", 1),
        ]);

    [Fact]
    public void Masking_keeps_every_position()
    {
        var masked = Masked.Of(Source);
        masked.Length.ShouldBe(Source.Length);
        masked.Count(c => c == '\n').ShouldBe(Source.Count(c => c == '\n'));
        masked.ShouldNotContain("Fake");
    }
}
