using System.Collections.Concurrent;
using System.Security.Cryptography;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Edge;

/// <summary>Names of open connections that nobody can guess (RFC 5626 section 5.2). A name is given once it is asked for, and gone with the connection. Any thread.</summary>
internal sealed class FlowTokens
{
    private const int Bytes = 16;
    private readonly ConcurrentDictionary<string, SipFlow> flows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SipFlow, string> tokens = new();

    /// <summary>"" for UDP, which has no connection, and for what is closed.</summary>
    public string Of(SipFlow flow)
    {
        if (!flow.IsReliable)
        {
            return "";
        }

        var token = tokens.GetOrAdd(flow, _ => RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true));
        flows[token] = flow;
        if (!flow.IsOpen)
        {
            Forget(flow);
            return "";
        }

        return token;
    }

    /// <summary>The open connection of that name, or null.</summary>
    public SipFlow? Find(string token) => flows.TryGetValue(token, out var flow) && flow.IsOpen ? flow : null;

    public void Forget(SipFlow flow)
    {
        if (tokens.TryRemove(flow, out var token))
        {
            flows.TryRemove(token, out _);
        }
    }
}
