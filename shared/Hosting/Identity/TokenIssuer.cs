using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CallCenter.Hosting;

/// <summary>A signed token and when it ends.</summary>
public sealed record IssuedToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>Makes and reads tokens: JWT (RFC 7519), HS256 with the key file <c>DATA/keys/token.key</c>, 12 h.</summary>
public sealed class TokenIssuer
{
    private const string Installation = "callcenter";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12), RenewBefore = TimeSpan.FromHours(1);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _validation;
    private readonly TimeProvider _clock;
    private IssuedToken? _ownToken;

    /// <summary>Reads the key file, or makes it.</summary>
    public TokenIssuer(DataFolder data, TimeProvider clock)
    {
        _clock = clock;
        var key = new SymmetricSecurityKey(KeyFile.ReadOrCreate(data, "token"));
        _credentials = new(key, SecurityAlgorithms.HmacSha256);
        _validation = new()
        {
            IssuerSigningKey = key, ValidIssuer = Installation, ValidAudience = Installation,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256], NameClaimType = Caller.NameClaim, RoleClaimType = Caller.RoleClaim,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && _clock.GetUtcNow() < end,
        };
    }

    /// <summary>A token for a user who has proved who it is.</summary>
    public IssuedToken Issue(Caller caller)
    {
        var now = _clock.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds());
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Installation, Audience = Installation, SigningCredentials = _credentials,
            IssuedAt = now.UtcDateTime, NotBefore = now.UtcDateTime, Expires = expires.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [Caller.UserClaim] = caller.User.ToString(), [Caller.NameClaim] = caller.Name, [Caller.RoleClaim] = caller.Role.Name(),
                [Caller.TenantsClaim] = caller.Tenants.Select(t => t.ToString()).ToArray(),
            },
        });
        return new(token, expires);
    }

    /// <summary>The token that services of this installation show each other; renewed an hour before it ends.</summary>
    public IssuedToken IssueForService()
    {
        var own = _ownToken;
        return own is not null && own.ExpiresAt - _clock.GetUtcNow() > RenewBefore
            ? own
            : _ownToken = Issue(new(Guid.Empty, "service", Role.Service, []));
    }

    /// <summary>Who the token speaks of and when it ends; null when it is not ours, changed or over.</summary>
    internal async Task<(ClaimsIdentity Identity, DateTimeOffset Expires)?> Read(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _validation);
        return result.IsValid ? (result.ClaimsIdentity, new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero)) : null;
    }
}
