namespace CallCenter.TestKit.Running;

/// <summary>Waits for what only asking can tell: a running system's API.</summary>
public static class Eventually
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer satisfies; throws TimeoutException with the last answer.</summary>
    public static async Task<T> Get<T>(string what, TimeSpan within, Func<Task<T>> ask, Func<T, bool> satisfies)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (satisfies(answer))
            {
                return answer;
            }
            if (TimeProvider.System.GetElapsedTime(since) > within)
            {
                var text = answer is System.Collections.IEnumerable many and not string ? string.Join("; ", many.Cast<object>()) : $"{answer}";
                throw new TimeoutException($"{what}: not within {within.TotalSeconds:0.#} s; the last answer was {text}");
            }
            await Task.Delay(Between, TimeProvider.System);
        }
    }
}
