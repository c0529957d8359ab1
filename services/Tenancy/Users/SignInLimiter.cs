namespace CallCenter.Tenancy.Users;

/// <summary>
/// Slows down guessing: so many failed sign-ins a minute from an address, and for a user. An attempt counts as failed until it has
/// succeeded, so that many at once count too. The tables are bounded: when one is full of fresh entries, new keys share one entry.
/// </summary>
internal sealed class SignInLimiter(TimeProvider clock)
{
    public const int FromAddress = 30, ForUser = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int KeysMax = 10_000;
    private const string Others = "";

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Count> _addresses = [], _users = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null when the attempt may be made; otherwise how long to wait.</summary>
    public TimeSpan? Begin(string address, string user)
    {
        lock (_sync)
        {
            var (ofAddress, ofUser) = (Find(_addresses, address), Find(_users, user));
            if (ofAddress.Failed >= FromAddress || ofUser.Failed >= ForUser)
            {
                var wait = (ofAddress.Failed >= FromAddress ? ofAddress : ofUser).Since + Window - clock.GetUtcNow();
                return wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
            }
            ofAddress.Failed++;
            ofUser.Failed++;
            return null;
        }
    }

    public void Succeeded(string address, string user)
    {
        lock (_sync)
        {
            Find(_addresses, address).Failed--;
            Find(_users, user).Failed--;
        }
    }

    private Count Find(Dictionary<string, Count> table, string key)
    {
        var now = clock.GetUtcNow();
        if (!table.TryGetValue(key, out var count))
        {
            if (table.Count >= KeysMax)
            {
                foreach (var (old, _) in table.Where(e => now - e.Value.Since >= Window).ToList())
                {
                    table.Remove(old);
                }
                if (table.Count >= KeysMax && key != Others)
                {
                    return Find(table, Others);
                }
            }
            table[key] = count = new(now);
        }
        if (now - count.Since >= Window)
        {
            count.Since = now;
            count.Failed = 0;
        }
        return count;
    }

    private sealed class Count(DateTimeOffset since)
    {
        private int _failed;

        public DateTimeOffset Since { get; set; } = since;

        // A success of the last window must not open up the present one.
        public int Failed
        {
            get => _failed;
            set => _failed = Math.Max(0, value);
        }
    }
}
