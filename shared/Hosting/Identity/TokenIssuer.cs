using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CallCenter.Hosting;

/// <summary>A signed token and when it ends.</summary>
public sealed record IssuedToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>What a SIP token says: whose telephone, and which of the user's sign-ins to it (the newest has the highest number).</summary>
public sealed record SipToken(Guid User, long Epoch, DateTimeOffset ExpiresAt);

/// <summary>
/// Makes and reads tokens: JWT (RFC 7519), HS256 with <c>Keys:Token</c> or the key file <c>DATA/keys/token.key</c>, 12 h. Those for a browser's telephone
/// (RFC 8898) last 5 minutes and are good for nothing else.
/// </summary>
public sealed class TokenIssuer
{
    private const string Installation = "callcenter", Telephones = "callcenter-sip", EpochClaim = "epoch";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12), SipLifetime = TimeSpan.FromMinutes(5), RenewBefore = TimeSpan.FromHours(1);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _validation, _sipValidation;
    private readonly TimeProvider _clock;
    private IssuedToken? _ownToken;

    /// <summary>Takes the configuration's key, or the key file's, which is made at first use.</summary>
    public TokenIssuer(DataFolder data, TimeProvider clock, IConfiguration? configuration = null)
    {
        _clock = clock;
        var key = new SymmetricSecurityKey(KeyFile.Get(configuration, "Keys:Token", data, "token"));
        _credentials = new(key, SecurityAlgorithms.HmacSha256);
        _validation = new()
        {
            IssuerSigningKey = key, ValidIssuer = Installation, ValidAudience = Installation,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256], NameClaimType = Caller.NameClaim, RoleClaimType = Caller.RoleClaim,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && _clock.GetUtcNow() < end,
        };
        _sipValidation = _validation.Clone();
        _sipValidation.ValidAudience = Telephones;
    }

    /// <summary>A token for a user who has proved who it is.</summary>
    public IssuedToken Issue(Caller caller) => Issue(Installation, Lifetime, new()
    {
        [Caller.UserClaim] = caller.User.ToString(), [Caller.NameClaim] = caller.Name, [Caller.RoleClaim] = caller.Role.Name(),
        [Caller.TenantsClaim] = caller.Tenants.Select(t => t.ToString()).ToArray(), [Caller.TeamsClaim] = caller.Teams.ToArray(),
    });

    /// <summary>A token by which the user's browser may register its telephone: 5 minutes.</summary>
    public IssuedToken IssueForSip(Guid user, long epoch) =>
        Issue(Telephones, SipLifetime, new() { [Caller.UserClaim] = user.ToString(), [EpochClaim] = epoch });

    /// <summary>The token that services of this installation show each other; renewed an hour before it ends.</summary>
    public IssuedToken IssueForService()
    {
        var own = _ownToken;
        return own is not null && own.ExpiresAt - _clock.GetUtcNow() > RenewBefore
            ? own
            : _ownToken = Issue(new(Guid.Empty, "service", Role.Service, []));
    }

    /// <summary>What a SIP token says; null when it is not one, not ours, changed or over.</summary>
    public SipToken? ReadForSip(string token)
    {
        // With the key at hand nothing has to be awaited: it is done when it returns.
        var validation = _handler.ValidateTokenAsync(token, _sipValidation);
        var result = validation.IsCompletedSuccessfully ? validation.GetAwaiter().GetResult() : throw new InvalidOperationException("The token's check has to wait for something.");
        return result.IsValid && Guid.TryParse(result.ClaimsIdentity.FindFirst(Caller.UserClaim)?.Value, out var user)
            && long.TryParse(result.ClaimsIdentity.FindFirst(EpochClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                ? new(user, epoch, new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero))
                : null;
    }

    /// <summary>Who the token speaks of and when it ends; null when it is not ours, changed or over.</summary>
    internal async Task<(ClaimsIdentity Identity, DateTimeOffset Expires)?> Read(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _validation);
        return result.IsValid ? (result.ClaimsIdentity, new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero)) : null;
    }

    private IssuedToken Issue(string audience, TimeSpan lifetime, Dictionary<string, object> claims)
    {
        var now = _clock.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + lifetime).ToUnixTimeSeconds());
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Installation, Audience = audience, SigningCredentials = _credentials,
            IssuedAt = now.UtcDateTime, NotBefore = now.UtcDateTime, Expires = expires.UtcDateTime, Claims = claims,
        });
        return new(token, expires);
    }
}
