using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CallCenter.TestKit;

/// <summary>Waits for what another process or thread brings about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until the condition holds. Throws <see cref="TimeoutException"/> with its text after the deadline (10 s).</summary>
    public static async Task Be(Func<Task<bool>> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > (within ?? TimeSpan.FromSeconds(10)))
            {
                throw new TimeoutException($"Not in time: {text}");
            }
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    /// <inheritdoc cref="Be(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task Be(Func<bool> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Be(() => Task.FromResult(condition()), within, text);
}
