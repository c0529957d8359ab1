using System.Text;
using CallCenter.Sip.Messages;

namespace CallCenter.Telephony.Bans;

/// <summary>Tools that name themselves in User-Agent and have no other use than to find open doors.</summary>
internal static class Scanners
{
    private static readonly byte[][] Names = [.. new[] { "friendly-scanner", "friendly-request", "sipvicious", "sipcli", "sundayddr", "pplsip", "vaxsipuseragent", "iwar", "sipscan" }.Select(Encoding.ASCII.GetBytes)];

    public static bool IsOne(SipMessage request)
    {
        var agent = request.Header(HeaderId.UserAgent);
        foreach (var name in Names)
        {
            if (agent.Length >= name.Length && Contains(agent, name))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        for (var at = 0; at + name.Length <= text.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(text.Slice(at, name.Length), name))
            {
                return true;
            }
        }
        return false;
    }
}
