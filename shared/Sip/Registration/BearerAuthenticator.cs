using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Registration;

/// <summary>What a valid token says: whose device it is, which sign-in it belongs to (a newer one has a higher number) and when it ends.</summary>
public sealed record BearerToken(string User, long Epoch, DateTimeOffset ExpiresAt);

/// <summary>The server's side of bearer tokens in SIP (RFC 8898). Tokens are made and verified by whoever runs the endpoint.</summary>
/// <param name="realm">Realm of the challenge.</param>
/// <param name="verify">What a token says; null when it is not valid, changed or over. Called on the loop: it must not block.</param>
public sealed class BearerAuthenticator(string realm, Func<string, BearerToken?> verify)
{
    /// <summary>Longer tokens are not looked at.</summary>
    public const int TokenLengthMax = 4096;

    private const string Scheme = "Bearer ";

    /// <summary>What the request's token says; null without a valid one, and when the token's user is not that of From.</summary>
    public BearerToken? Check(SipMessage request) =>
        TokenOf(request) is { } token && verify(token) is { } said && said.User == request.FromUser ? said : null;

    /// <summary>WWW-Authenticate of a 401; says so when there was a token (RFC 6750 section 3.1).</summary>
    public IReadOnlyList<SipHeader> Challenge(SipMessage request) =>
        [new("WWW-Authenticate", $"Bearer realm={SipSyntax.Quote(realm)}{(TokenOf(request) is null ? "" : ", error=\"invalid_token\"")}")];

    private static string? TokenOf(SipMessage request) => request.GetLines(HeaderId.Authorization)
        .Where(line => line.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && line.Length <= Scheme.Length + TokenLengthMax)
        .Select(line => line[Scheme.Length..].Trim())
        .FirstOrDefault();
}
