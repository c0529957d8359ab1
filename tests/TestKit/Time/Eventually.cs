using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CallCenter.TestKit;

/// <summary>Waits for what another process or thread brings about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until the condition holds. Throws <see cref="TimeoutException"/> with its text after the deadline (30 s).</summary>
    public static Task Be(Func<Task<bool>> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Get(text, within ?? TimeSpan.FromSeconds(30), condition, holds => holds);

    /// <inheritdoc cref="Be(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task Be(Func<bool> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Be(() => Task.FromResult(condition()), within, text);

    /// <summary>Asks until the answer satisfies. Throws <see cref="TimeoutException"/> with the last answer after the deadline.</summary>
    public static async Task<T> Get<T>(string what, TimeSpan within, Func<Task<T>> ask, Func<T, bool> satisfies)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (satisfies(answer))
            {
                return answer;
            }
            if (Stopwatch.GetElapsedTime(began) > within)
            {
                throw new TimeoutException($"Not within {within.TotalSeconds:0.#} s: {what}; the last answer was {Text(answer)}");
            }
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    private static string Text<T>(T answer) =>
        answer is System.Collections.IEnumerable many and not string ? string.Join("; ", many.Cast<object>()) : $"{answer}";
}
