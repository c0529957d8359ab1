using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Messages;

namespace CallCenter.Telephony.Trunks;

/// <summary>
/// Who calls and by which way, as a trusted trunk says: P-Asserted-Identity and Privacy (RFC 3325, RFC 3323), Diversion (RFC 5806), History-Info
/// (RFC 7044), Identity (RFC 8224). Everything is bounded; what cannot be read is left out.
/// </summary>
internal static class CallOrigins
{
    /// <summary>Characters of a number or a name.</summary>
    public const int TextMax = 64;

    /// <summary>Forwardings that are kept.</summary>
    public const int DiversionsMax = 8;

    /// <summary>Characters of an Identity header: a PASSporT of RFC 8225 with its signature has some 600.</summary>
    public const int IdentityMax = 4096;

    /// <summary>"anonymous": the number is withheld.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>The number to show, and what else was said.</summary>
    public static (string Number, CallOrigin? Origin) Of(SipMessage invite)
    {
        var asserted = Asserted(invite);
        var number = Number(asserted?.Uri) ?? Number(invite.Address(HeaderId.From)?.Uri);
        var withheld = IsWithheld(invite);
        var name = withheld ? null : Text((asserted ?? invite.Address(HeaderId.From))?.DisplayName);
        var identity = invite.Get("Identity") is { Length: > 0 and <= IdentityMax } header ? header : null;
        var diversions = Diversions(invite);
        var origin = new CallOrigin(name, asserted is not null && Number(asserted.Uri) is not null, withheld, diversions, identity);
        var saysMore = origin is not { Name: null, Asserted: false, Withheld: false, Diversions.Count: 0, Identity: null };
        return (withheld || number is null ? Anonymous : number, saysMore ? origin : null);
    }

    // RFC 3325 section 9.1: at most one SIP and one TEL URI; the telephone number says more.
    private static NameAddress? Asserted(SipMessage invite)
    {
        var all = invite.GetAll(HeaderId.PAssertedIdentity).Take(2).Select(v => NameAddress.TryParse(v, out var a) ? a : null).OfType<NameAddress>().ToList();
        return all.Find(a => a.Uri.Scheme == "tel") ?? all.FirstOrDefault();
    }

    // RFC 3323 section 4.2, RFC 3325 section 9.3: "id" hides the asserted identity, "user" and "header" what identifies the user.
    private static bool IsWithheld(SipMessage invite)
    {
        var asked = invite.Get(HeaderId.Privacy)?.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return asked.Any(p => p.ToLowerInvariant() is "id" or "user" or "header");
    }

    private static List<CallDiversion> Diversions(SipMessage invite)
    {
        var diverted = invite.GetAll(HeaderId.Diversion).Take(DiversionsMax).Select(OfDiversion).OfType<CallDiversion>().ToList();
        return diverted.Count > 0 ? diverted : OfHistory(invite);
    }

    private static CallDiversion? OfDiversion(string value) =>
        NameAddress.TryParse(value, out var by) && Number(by.Uri) is { } number ? new(number, Text(by.Parameter("reason"))) : null;

    // RFC 7044 section 5: entries go from the first target to the last, which is us. One that was changed from has the entry that replaced it after it; the
    // reason why is in the URI of the entry that failed, as a header.
    private static List<CallDiversion> OfHistory(SipMessage invite)
    {
        var entries = invite.GetAll("History-Info").Take(DiversionsMax + 1)
            .Select(v => NameAddress.TryParse(v, out var e) ? e : null).OfType<NameAddress>().ToList();
        var forwarded = new List<CallDiversion>();
        for (var i = entries.Count - 2; i >= 0; i--)
        {
            if (Number(entries[i].Uri) is { } number && number != Number(entries[i + 1].Uri))
            {
                forwarded.Add(new(number, ReasonOf(entries[i].Uri)));
            }
        }
        return forwarded;
    }

    private static string? ReasonOf(SipUri uri)
    {
        var header = uri.Headers.TrimStart('?').Split('&').FirstOrDefault(h => h.StartsWith("Reason=", StringComparison.OrdinalIgnoreCase));
        if (header is null)
        {
            return null;
        }
        var reason = Uri.UnescapeDataString(header["Reason=".Length..]);
        var cause = reason.Split(';').Select(p => p.Trim()).FirstOrDefault(p => p.StartsWith("cause=", StringComparison.OrdinalIgnoreCase));
        return Text(cause?["cause=".Length..]);
    }

    private static string? Number(SipUri? uri) =>
        uri is null || uri.User.Length == 0 || uri.User.Equals(Anonymous, StringComparison.OrdinalIgnoreCase) || uri.Host.EndsWith("anonymous.invalid", StringComparison.OrdinalIgnoreCase)
            ? null : Text(uri.User);

    private static string? Text(string? value)
    {
        var clean = value is null ? "" : string.Concat(value.Where(c => !char.IsControl(c))).Trim();
        return clean.Length == 0 ? null : clean.Length > TextMax ? clean[..TextMax] : clean;
    }
}
