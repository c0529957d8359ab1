using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Contracts.Tenancy;
using CallCenter.Media;
using ContractClip = CallCenter.Contracts.Telephony.Clip;

namespace CallCenter.Telephony.Configuration;

/// <summary>The tenants' names as Ivr speaks them. Each is asked for once; what cannot be had now is asked for again by the next call.</summary>
internal sealed class TenantNames(IHttpClientFactory clients, ClipCache clips, TimeProvider clock, ILogger<TenantNames> logger)
{
    /// <summary>A longer name keeps a caller waiting for too long: it is not spoken.</summary>
    public static readonly TimeSpan LengthMax = TimeSpan.FromSeconds(4);

    private const int NamesMax = 2000;
    private static readonly TimeSpan AskTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(Guid Tenant, string Name, string Language), Lazy<Task<Clip?>>> names = new();

    /// <summary>The name's audio; null when there is none now.</summary>
    public async Task<Clip?> Get(TenantSnapshot tenant)
    {
        if (names.Count >= NamesMax)
        {
            names.Clear();
        }
        var key = (tenant.Tenant, tenant.Name, tenant.Language);
        var asked = names.GetOrAdd(key, _ => new(() => Ask(tenant)));
        var found = await asked.Value;
        if (found is null)
        {
            names.TryRemove(new(key, asked));
        }
        return found;
    }

    private async Task<Clip?> Ask(TenantSnapshot tenant)
    {
        using var deadline = new CancellationTokenSource(AskTime, clock);
        try
        {
            using var client = clients.CreateClient("Ivr");
            var spoken = await client.GetFromJsonAsync<SpokenName>($"api/prompts/names/{tenant.Tenant}", JsonSerializerOptions.Web, deadline.Token);
            if (spoken is null || (spoken.Text, spoken.Language) != (tenant.Name, tenant.Language))
            {
                Log.NameNotSpoken(logger, tenant.Tenant, "Ivr knows the tenant by another name as yet");
                return null;
            }
            if (spoken.Milliseconds > LengthMax.TotalMilliseconds)
            {
                Log.NameNotSpoken(logger, tenant.Tenant, $"it takes {spoken.Milliseconds} ms; at most {LengthMax.TotalMilliseconds} are spoken");
                return null;
            }
            return await clips.Get(new ContractClip(spoken.Hash, spoken.Url));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
        {
            Log.NameNotSpoken(logger, tenant.Tenant, e.Message);
            return null;
        }
    }

    private sealed record SpokenName(string Text, string Language, string Hash, string Url, long Milliseconds);
}
