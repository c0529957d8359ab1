namespace CallCenter.Routing.Agents;

/// <summary>
/// Numbers activations of agents' grains, later ones greater: by the clock, so that it holds between processes too, and one by one where the clock stands.
/// The pool drops what an activation that is gone told late: its last commit may have failed.
/// </summary>
internal static class ActivationOrder
{
    private static long last;

    public static long Next(TimeProvider clock)
    {
        while (true)
        {
            var before = Volatile.Read(ref last);
            var next = Math.Max(clock.GetUtcNow().UtcTicks, before + 1);
            if (Interlocked.CompareExchange(ref last, next, before) == before)
            {
                return next;
            }
        }
    }
}
