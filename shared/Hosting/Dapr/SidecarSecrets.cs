using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>
/// Secrets as configuration: from the store <c>Dapr:SecretStore</c> (none: no secrets) the keys of the one secret <c>Dapr:Secret</c>, or,
/// where none is named, of all that the app may read. A key names a configuration key as an environment variable does
/// (<c>ConnectionStrings__Postgres</c>), or with <c>--</c> where a store takes no underscores; one without a section is none of ours.
/// </summary>
internal static class SidecarSecrets
{
    private static readonly string[] Separators = ["__", "--"];

    public static async Task<IReadOnlyDictionary<string, string>> Read(SidecarClient client, IConfiguration configuration, CancellationToken ct) =>
        (configuration["Dapr:SecretStore"], configuration["Dapr:Secret"]) switch
        {
            (null or "", null or "") => new Dictionary<string, string>(),
            (null or "", { } secret) => throw new InvalidOperationException($"Dapr:Secret is '{secret}', but Dapr:SecretStore names no store: name the secret store component."),
            ({ } store, null or "") => AsConfiguration((await client.Secrets(store, ct)).Values),
            ({ } store, { } secret) => AsConfiguration([await client.Secret(store, secret, ct)]),
        };

    /// <summary>Throws <see cref="InvalidOperationException"/> when two secrets say different things of one key.</summary>
    internal static IReadOnlyDictionary<string, string> AsConfiguration(IEnumerable<IReadOnlyDictionary<string, string>> secrets)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in secrets.SelectMany(secret => secret))
        {
            var key = Separators.Aggregate(name, (key, separator) => key.Replace(separator, ConfigurationPath.KeyDelimiter, StringComparison.Ordinal));
            if (key.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal) && !values.TryAdd(key, value) && values[key] != value)
            {
                throw new InvalidOperationException($"Two secrets of Dapr:SecretStore set {key}, each to something else: name the one that counts in Dapr:Secret.");
            }
        }
        return values;
    }
}
