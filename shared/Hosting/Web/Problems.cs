using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Diagnostics;

namespace CallCenter.Hosting;

/// <summary>RFC 9457 problem details, whose detail says what to do.</summary>
public static class Problems
{
    /// <summary>404: there is no such thing, or it is another tenant's.</summary>
    public static IResult NotFound(string what) => Make(StatusCodes.Status404NotFound, $"There is no {what} that you may see: check the id.");

    /// <summary>400 with every error found.</summary>
    public static IResult Invalid(params IEnumerable<string> errors)
    {
        var all = errors.ToList();
        return Results.Problem(statusCode: StatusCodes.Status400BadRequest, detail: string.Join(' ', all),
            extensions: new Dictionary<string, object?> { ["errors"] = all });
    }

    /// <summary>409: the thing's present state does not allow it.</summary>
    /// <param name="reason">One word by which a screen says it in its own language; null: none.</param>
    public static IResult Conflict(string detail, string? reason = null) => reason is null ? Make(StatusCodes.Status409Conflict, detail)
        : Results.Problem(statusCode: StatusCodes.Status409Conflict, detail: detail, extensions: new Dictionary<string, object?> { ["reason"] = reason });

    /// <summary>401: who the caller is has not been proved.</summary>
    public static IResult Unauthorized(string detail) => Make(StatusCodes.Status401Unauthorized, detail);

    /// <summary>403: the caller's role does not allow it.</summary>
    public static IResult Forbidden(string detail) => Make(StatusCodes.Status403Forbidden, detail);

    /// <summary>429: too often; try again after the time.</summary>
    public static IResult TooMany(HttpContext context, TimeSpan retryAfter)
    {
        var seconds = (int)Math.Ceiling(retryAfter.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Make(StatusCodes.Status429TooManyRequests, $"Too many attempts: try again in {seconds} s.");
    }

    /// <summary>503: something this needs is away; try again soon.</summary>
    public static IResult Unavailable(string detail) => Make(StatusCodes.Status503ServiceUnavailable, detail);

    private static IResult Make(int status, string detail) => Results.Problem(statusCode: status, detail: detail);

    /// <summary>What an error without words of its own is told with.</summary>
    internal static void Complete(ProblemDetailsContext context)
    {
        var (problem, http) = (context.ProblemDetails, context.HttpContext);
        problem.Detail ??= Advice(problem.Status ?? http.Response.StatusCode);
        problem.Extensions.Remove("exception");
        problem.Extensions["traceId"] = System.Diagnostics.Activity.Current?.Id ?? http.TraceIdentifier;
    }

    /// <summary>The status an exception is told with: what the request caused is the request's fault, a database that is away is 503.</summary>
    internal static int StatusOf(Exception e) => e switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        _ when ServiceDatabase.IsPassing(e) => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Answers an exception: a bad request in words, everything else without its inside.</summary>
    internal static async Task Answer(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        context.Response.StatusCode = error is null ? StatusCodes.Status500InternalServerError : StatusOf(error);
        var problem = new ProblemDetails
        {
            Status = context.Response.StatusCode,
            Detail = error is BadHttpRequestException bad ? Words(bad) : null,
        };
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new() { HttpContext = context, ProblemDetails = problem });
    }

    // The reader's own message names the place in the JSON, and no type of ours.
    private static string? Words(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status400BadRequest when bad.InnerException is System.Text.Json.JsonException json =>
            $"The body is not what this call takes, at {json.Path ?? "$"}: {Reason(json)}",
        StatusCodes.Status400BadRequest => bad.Message,
        _ => null,
    };

    private static string Reason(System.Text.Json.JsonException json) =>
        json.Message.Contains("CallCenter.", StringComparison.Ordinal)
            ? json.Message.Contains("missing required", StringComparison.Ordinal) ? json.Message[json.Message.IndexOf("missing required", StringComparison.Ordinal)..] : "the value has another form."
            : json.Message;

    private static string Advice(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be understood: see /openapi/v1.json.",
        StatusCodes.Status401Unauthorized => "Sign in with POST /api/sign-in and send the token as 'Authorization: Bearer …'; it may have ended.",
        StatusCodes.Status403Forbidden => "Your role does not allow this: ask an administrator.",
        StatusCodes.Status404NotFound => "There is nothing here: see /openapi/v1.json.",
        StatusCodes.Status405MethodNotAllowed => "This path takes another method: see the Allow header.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large: see /openapi/v1.json.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
        StatusCodes.Status429TooManyRequests => "Too many requests: try again later.",
        StatusCodes.Status503ServiceUnavailable => "The database does not answer: try again in some seconds.",
        >= 500 => "This is our fault: the log has the details under this trace id.",
        _ => "The request was refused.",
    };
}
